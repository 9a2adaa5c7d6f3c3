"""What all tables share."""

from __future__ import annotations

from sqlalchemy import MetaData, Text
from sqlalchemy.dialects.postgresql import TIMESTAMP

metadata = MetaData()

TIME = TIMESTAMP(timezone=True)
# In the order of code points, whatever the locale.
TEXT = Text(collation="C")
