from dataclasses import fields

from sekisho.store.remembered import Acquaintance
from sekisho.store.schema import acquaintances


def test_an_acquaintance_has_the_columns_of_its_table_in_their_order() -> None:
    """Rows become values by place: a column that moved would put one time in the place of another."""
    assert [field.name for field in fields(Acquaintance)] == [column.name for column in acquaintances.columns]
