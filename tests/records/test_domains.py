from dataclasses import fields

from sekisho.records.domains import KnownDomain
from sekisho.store.schema import known_domains


def test_a_known_domain_has_the_columns_of_its_table_in_their_order() -> None:
    """Rows become values by place: a column that moved would put one time in the place of another."""
    assert [field.name for field in fields(KnownDomain)] == [column.name for column in known_domains.columns]
