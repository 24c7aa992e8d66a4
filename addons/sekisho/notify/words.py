"""Words: every sentence that is sent to the family, in Japanese and English, but for findings. Pure.

Read by somebody at work, on a lock screen: who, what, why, what to do, in that order. Messages are plain
text. Placeholders in braces are filled by `messages`, which makes hostile text harmless first.
"""

from collections.abc import Mapping
from typing import Literal

Language = Literal["ja", "en"]

SENTENCES: Mapping[Language, Mapping[str, str]] = {
    "ja": {
        "ask_title": "{who}が質問しています",
        "ask": "{who}が、このサイトを開いてよいか聞いています。",
        "site": "サイト：{host}",
        "path": "ページ：{path}",
        "why": "止めた理由：{why}",
        "asked_at": "聞いた時刻：{at}",
        "until": "返事は {until} まで有効です。",
        "do_not_open": "このサイトを、ここから開かないでください。",
        "how": "家の機器なら http://sekisho.internal/desk で答えられます。",
        "how_buttons": "下のボタンで答えられます。先に返した人の答えになります。",
        "more_title": "ほかの答え",
        "more": "{who}が聞いている {host} への、ほかの答えです。",
        "answered_title": "返事をしました",
        "answered": "{who}が聞いた {host} への答え：{answer}（{by}、{at}）",
        "late_title": "もう返事がありました",
        "late": "{host} には、先に {by} が {at} に「{answer}」と答えています。あとの答えは使われません。",
        "expired_title": "返事の期限が過ぎています",
        "expired": "{host} への質問は期限が過ぎました。答えは使われません。必要なら、もう一度聞いてもらってください。",
        "once": "今回だけ開く",
        "1d": "1日だけ開く",
        "1w": "1週間だけ開く",
        "always": "ずっと開く",
        "block": "開かない",
        "bad_title": "あとから危険とわかったサイトがあります",
        "bad": "{host} は、{at} に危険とわかりました。いまは止めています。",
        "there": "開いていた人：{people}",
        "typed": (
            "開いただけなら、たいていは心配いりません。パスワードやカード番号を入れたかどうか、"
            "本人に聞いてください。入れていたら、本物のサイトでパスワードを変え、カード会社や銀行に電話してください。"
        ),
        "harm_title": "{who}からの知らせ：{what}",
        "harm": "{who}が、{at} に知らせました：{what}",
        "harm_host": "サイト：{host}",
        "harm_what": (
            "すぐに電話して、いっしょに手順を進めてください。手順は http://sekisho.internal/typed にもあります。"
        ),
        "harm_clicked": "リンクを開いただけ",
        "harm_password": "パスワードを入力した",
        "harm_card": "カード番号を入力した",
        "harm_bank": "銀行の情報を入力した",
        "harm_personal": "名前や住所を入力した",
        "harm_support": "電話・インストール・カードの購入を求められた",
        "many_title": "あとから危険とわかったサイトが{count}件あります",
        "many_more": "ほか{count}件。家の機器なら http://sekisho.internal/desk で見られます。",
        "damaged_title": "sekisho の記録がこわれていました",
        "damaged": (
            "記録のファイルがこわれていたので、新しく作りました。読めた「開く・開かない」の決まりは引きつぎました。"
            "sekisho を見ている人は、`sekisho log` とディスクを確かめてください。"
        ),
        "test_title": "sekisho のテスト",
        "test": "この知らせが見えたら、届いています。何もしなくてかまいません。",
        "device": "{client} の機器",
        "comma": "、",
    },
    "en": {
        "ask_title": "{who} asks you something",
        "ask": "{who} asks whether this site may be opened.",
        "site": "Site: {host}",
        "path": "Page: {path}",
        "why": "Why it was stopped: {why}",
        "asked_at": "Asked at: {at}",
        "until": "You can answer until {until}.",
        "do_not_open": "Please do not open the site from here.",
        "how": "On a device at home you can answer at http://sekisho.internal/desk.",
        "how_buttons": "Answer with the buttons below. The first answer counts.",
        "more_title": "More answers",
        "more": "More answers to {who} about {host}.",
        "answered_title": "Answered",
        "answered": "{who} asked about {host}; the answer: {answer} ({by}, {at})",
        "late_title": "Somebody has answered already",
        "late": "About {host}, {by} answered “{answer}” at {at}. Later answers do not count.",
        "expired_title": "It is too late to answer",
        "expired": "The question about {host} is over; your answer does not count. If need be, let them ask again.",
        "once": "Open it this once",
        "1d": "Open it for a day",
        "1w": "Open it for a week",
        "always": "Always open it",
        "block": "Keep it shut",
        "bad_title": "A site has turned out to be dangerous",
        "bad": "{host} was found to be dangerous at {at}. It is stopped now.",
        "there": "Who had been there: {people}",
        "typed": (
            "Who only opened it has little to fear. Ask whether they typed a password or a card number. If so: "
            "change the password at the real site, and phone the card company or the bank."
        ),
        "harm_title": "News from {who}: {what}",
        "harm": "{who} tells at {at}: {what}",
        "harm_host": "Site: {host}",
        "harm_what": (
            "Please phone at once and go through the steps together; they stand at http://sekisho.internal/typed too."
        ),
        "harm_clicked": "only clicked the link",
        "harm_password": "typed a password",
        "harm_card": "typed a card number",
        "harm_bank": "typed something of the bank",
        "harm_personal": "typed name or address",
        "harm_support": "was told to phone, to install something or to buy cards",
        "many_title": "{count} sites have turned out to be dangerous",
        "many_more": "And {count} more; on a device at home see http://sekisho.internal/desk.",
        "damaged_title": "sekisho's records were damaged",
        "damaged": (
            "The file of records was damaged, and a new one was made. What could be read of your decisions is "
            "kept. Whoever looks after sekisho: look at `sekisho log`, and check the disk."
        ),
        "test_title": "A test of sekisho",
        "test": "If you see this message, it has arrived. There is nothing to do.",
        "device": "The device {client}",
        "comma": ", ",
    },
}

BUTTONS: Mapping[Language, Mapping[str, str]] = {
    "ja": {
        "once": "今回だけ",
        "1d": "1日開く",
        "1w": "1週間開く",
        "always": "ずっと開く",
        "block": "開かない",
    },
    "en": {"once": "Once", "1d": "1 day", "1w": "1 week", "always": "Always", "block": "Keep shut"},
}
