"""What Vietnamese cards print, as they print it: values of fields, the same in every language."""

from __future__ import annotations

MALE = "Nam"
FEMALE = "Nữ"
