from sekisho.store.asked import Device
from sekisho.store.device_names import name_of, names_of


def test_a_device_without_a_name_is_told_by_its_address() -> None:
    names = names_of([Device("192.168.1.5", "phone", 1, 0.0, "Mother"), Device("192.168.1.6", "", None, 0.0)])
    assert [name_of(client, names) for client in ("192.168.1.5", "192.168.1.6", "192.168.1.7")] == [
        "Mother (phone)",
        "192.168.1.6",
        "192.168.1.7",
    ]
