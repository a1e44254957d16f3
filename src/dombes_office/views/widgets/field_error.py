"""The sentence under a field that was not accepted."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QWidget

from dombes_office.views.style import set_kind


class FieldError(QLabel):
    """Speaks under one field, turns its edge red, and is silent when all is well."""

    def __init__(self, field: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._field = field
        self.setProperty("kind", "field-error")
        self.setWordWrap(True)
        self.hide()

    def say(self, sentence: str) -> None:
        """Say what is wrong with the field; "" takes it back."""
        self.setText(sentence)
        self.setVisible(bool(sentence))
        set_kind(self._field, "true" if sentence else "false", name="invalid")
        self._field.setAccessibleDescription(sentence)
