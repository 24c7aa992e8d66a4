"""portal: every page that a person sees — warnings, the portal at ``sekisho.internal``, certificates.

It turns values (Link, Verdict, Brand, Ticket) into pages and knows nothing of mitmproxy. A page on a blocked origin
carries links only; every form and token is on a page of the portal.

    portal                the Flask app of ``sekisho.internal``, with the pages below
    context               what the pages read and change, supplied by the proxy
    warning, form_page    pages in the place of a site's
    warning_pages, form_pages, ask_pages, aftercare_pages   the portal's pages of one stopped click
    desk, desk_pages, desk_login, desk_rows   the family's desk
    login, password       who may use the desk
    family_mark           the family's picture and phrase
    finding, comparison, letters   what a verdict found, as templates need it
    page, render, respond          a whole answer, its headers, and how it is made
    language, translation          which language a person reads; the catalogues as HTML
    certificate           the certificate in the forms that devices install
"""
