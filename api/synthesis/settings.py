"""Schemas of settings, made of the catalogue: what is taken, what is shown, what is described."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields

from api.http.fields import TrueOrFalse
from api.http.schemas import RequestSchema
from api.synthesis.ids import Id
from shared.synthesis.settings import CATALOGUE, Scope, Setting, scoped


class SettingField(fields.Field[Any]):
    """A value of a setting.

    :param asked: in a body, where null leaves the setting as it is.
    """

    def __init__(self, setting: Setting, *, asked: bool = False, **options: Any) -> None:
        self.setting = setting
        described = setting.described
        if asked and "enum" in described:
            described["enum"] = [*described["enum"], None]
        if asked and "anyOf" in described:
            described["anyOf"] = [*described["anyOf"], {"type": "null"}]
        super().__init__(metadata=described, **options)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        try:
            return self.setting.type.read(value)
        except ValueError as error:
            raise ValidationError(str(error)) from None


def own_fields(scope: Scope, *, asked: bool) -> dict[str, fields.Field[Any]]:
    """The fields of settings that tables, or columns, have as their own.

    :param asked: in a body, where each may be left out.
    """
    return {
        setting.own_name: SettingField(setting, asked=asked, required=not asked)
        for setting in scoped(scope)
    }


#: What an engine shows of its settings.
SHOWN: dict[str, fields.Field[Any]] = {
    setting.name: SettingField(setting, required=True) for setting in CATALOGUE
}

SettingsSchema: type[Schema] = Schema.from_dict(
    {
        **SHOWN,
        "id": fields.UUID(required=True),
        "set_defaults": fields.Boolean(
            required=True, metadata={"description": "As in the request; else true."}
        ),
    },
    name="EngineSettings",
)

UpdateSettingsSchema: type[Schema] = RequestSchema.from_dict(
    {
        **{setting.name: SettingField(setting, asked=True) for setting in CATALOGUE},
        "id": Id(required=True, metadata={"description": "The same as in the path."}),
        "set_defaults": TrueOrFalse(
            load_default=True,
            metadata={
                "description": "True: what is changed of `default_` settings is changed for every "
                "table and column that there is, too. False: for those that come later."
            },
        ),
    },
    name="UpdateEngineSettings",
)
