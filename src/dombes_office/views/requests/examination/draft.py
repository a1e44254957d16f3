"""A decision being prepared: what the agent has said of each piece so far, and where that leads. No widget here."""

from __future__ import annotations

from dataclasses import replace
from textwrap import shorten
from typing import TYPE_CHECKING

from dombes_office.rules.decisions import decision_line
from dombes_office.rules.french import counted, listed, typeset
from dombes_office.rules.reasons import piece_reason, piece_reasons, proposed_reason, words_missing
from dombes_office.rules.requests import (
    OPEN_STATUSES,
    DecisionDraft,
    DecisionKind,
    Outcome,
    RequestDossier,
    Verdict,
    VerdictKind,
    allowed_decisions,
    proposed_decision,
    verdict_missing,
)
from dombes_office.views.requests.examination.pieces.piece_words import asked_piece

if TYPE_CHECKING:
    from dombes_office.rules.requests import CheckResult, PieceRow

_SHORT, _MOST_NAMED = 90, 3
_COUNTS = ("zéro", "une", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf")


class Draft:
    """The verdicts on the pieces of one dossier, and the reason for refusing; it changes with what the agent says."""

    def __init__(self, dossier: RequestDossier, *, may_decide: bool) -> None:
        self.dossier = dossier
        self._reviewer = may_decide
        self.may_decide = may_decide and dossier.request.status in OPEN_STATUSES
        self.refusal_code: str | None = None
        self.refusal_words = ""
        self.unsent: DecisionKind | None = None
        """The decision that an outage may have kept from being written; reading the request again will tell."""
        self._verdicts: dict[int, Verdict] = {}
        self._explained: dict[int, Verdict] = {}
        """The last reason and words for each piece: a slip of the finger must not cost them."""
        for piece in dossier.pieces:
            self._take_standing_verdict(piece)

    def _take_standing_verdict(self, piece: PieceRow) -> None:
        """What the last decision found compliant is still so: it is the same file. A decided request shows it all."""
        if piece.verdict is VerdictKind.COMPLIANT and piece.given:
            self.judge(piece, VerdictKind.COMPLIANT)
        elif piece.verdict is not None and self.dossier.request.status not in OPEN_STATUSES:
            self.judge(piece, piece.verdict, piece.verdict_reason, piece.verdict_words or "")

    def verdict(self, piece: PieceRow) -> Verdict | None:
        """What has been said of a piece."""
        return self._verdicts.get(piece.requirement_id)

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """All that has been said, in the order of the pieces."""
        return tuple(v for p in self.dossier.pieces if (v := self.verdict(p)) is not None)

    def judge(self, piece: PieceRow, kind: VerdictKind, reason_code: str | None = None, words: str = "") -> None:
        """Say something of a piece; a missing one can only be asked for.

        Without a reason, what was said before comes back, then what the failed checks lead to.
        """
        if piece.document_id is None and kind is VerdictKind.COMPLIANT:
            return
        if kind is VerdictKind.COMPLIANT:
            self._verdicts[piece.requirement_id] = Verdict(piece.requirement_id, piece.document_id, kind)
            return
        before = self._explained.get(piece.requirement_id)
        if reason_code is None and before is not None and _offers(piece, before.reason_code):
            reason_code, words = before.reason_code, words or before.words
        proposed = proposed_reason(piece, self.dossier.checks)
        reason_code = reason_code or (proposed.code if proposed else None)
        said = Verdict(piece.requirement_id, piece.document_id, kind, reason_code, words)
        self._verdicts[piece.requirement_id] = self._explained[piece.requirement_id] = said

    def explain(self, piece: PieceRow, reason_code: str | None, words: str) -> None:
        """Give the reason and the words of a piece that is not compliant."""
        before = self.verdict(piece)
        if before is not None and before.kind is VerdictKind.NON_COMPLIANT:
            said = replace(before, reason_code=reason_code, words=words)
            self._verdicts[piece.requirement_id] = self._explained[piece.requirement_id] = said

    def take_checks(self, checks: tuple[CheckResult, ...]) -> tuple[PieceRow, ...]:
        """Know what the checks said; typed values that passed all of theirs count as compliant, and are returned.

        A file is never judged by a machine: eyes read it. An IBAN or a BIC is exactly what the checks compare.
        """
        self.dossier = replace(self.dossier, checks=checks)
        judged = []
        for piece in self.dossier.pieces:
            own = [check for check in checks if check.requirement_code == piece.code]
            typed = piece.kind in {"iban", "bic"} and piece.given and piece.needed
            fine = bool(own) and all(check.outcome is Outcome.PASS for check in own)
            if self.may_decide and typed and fine and self.verdict(piece) is None:
                self.judge(piece, VerdictKind.COMPLIANT)
                judged.append(piece)
        return tuple(judged)

    def unexplained(self) -> PieceRow | None:
        """The first piece judged not compliant whose reason or words are missing."""
        return next((p for p in self.dossier.pieces if (v := self.verdict(p)) and not _explained(v)), None)

    def next_unjudged(self, after: PieceRow | None = None) -> PieceRow | None:
        """The next needed piece that nobody has judged, beginning after a piece and going round."""
        pieces = [p for p in self.dossier.pieces if p.needed]
        start = pieces.index(after) + 1 if after in pieces else 0
        return next((p for p in pieces[start:] + pieces[:start] if self.verdict(p) is None), None)

    def allowed(self) -> frozenset[DecisionKind]:
        """Which buttons are enabled."""
        return allowed_decisions(
            self.dossier.request.status, self.dossier.pieces, self.verdicts, may_decide=self.may_decide
        )

    def proposed(self) -> DecisionKind | None:
        """The decision that the verdicts lead to."""
        proposed = proposed_decision(
            self.dossier.request.status, self.dossier.pieces, self.verdicts, may_decide=self.may_decide
        )
        return None if proposed is DecisionKind.COMPLEMENT and self.unexplained() is not None else proposed

    def decision(self, kind: DecisionKind) -> DecisionDraft:
        """The decision as it would be written now."""
        refusing = kind is DecisionKind.REFUSE
        return DecisionDraft(
            kind,
            tuple(v for v in self.verdicts if not refusing or _explained(v)),
            self.refusal_code if refusing else None,
            self.refusal_words if refusing else "",
        )

    def waiting_sentence(self) -> str:
        """Why "Valider" is not possible yet, "" when it is."""
        missing = verdict_missing(self.dossier.pieces, self.verdicts)
        if not self.may_decide or not missing:
            return ""
        needed = sum(piece.needed for piece in self.dossier.pieces)
        count = _COUNTS[needed] if needed < len(_COUNTS) else str(needed)
        if needed == 1:
            return "Valider attend une pièce conforme."
        return f"Valider attend {count} pièces conformes."

    def sentence(self) -> str:
        """What the family will read, in one sentence beside the buttons."""
        status = self.dossier.request.status
        if status not in OPEN_STATUSES:
            decision = self.dossier.decision
            return typeset("Cette demande est déjà décidée.") if decision is None else decision_line(decision)
        if not self.may_decide:
            return "Vous pouvez lire cette demande, sans la décider."
        asked = [p for p in self.dossier.pieces if (v := self.verdict(p)) and v.kind is VerdictKind.NON_COMPLIANT]
        if asked:
            return self._asking(asked)
        if not verdict_missing(self.dossier.pieces, self.verdicts):
            return "Toutes les pièces sont conformes. Le courriel annoncera l’accès au service."
        left = tuple(p.label for p in self.dossier.pieces if p.needed and self.verdict(p) is None)
        return typeset(f"Reste à examiner : {_few(left)}.") if left else ""

    def _asking(self, asked: list[PieceRow]) -> str:
        unexplained = self.unexplained()
        if unexplained is not None:
            return typeset(f"Motif à choisir pour : {unexplained.label}.")
        if len(asked) > 1:
            return typeset(f"Le courriel demandera {_few(tuple(asked_piece(p) for p in asked))}.")
        piece = asked[0]
        demand = f"Le courriel demandera {asked_piece(piece)}"
        return typeset(f"{demand} : « {self._why(piece)} »" if piece.given else f"{demand}.")

    def _why(self, piece: PieceRow) -> str:
        """The reason in short, as a sentence."""
        said = self.verdict(piece)
        reason = piece_reason(piece, said.reason_code if said else None)
        if said is None or reason is None:
            return ""
        if not reason.sentence:
            return shorten(said.words, _SHORT, placeholder="…")
        online = " en ligne" if (piece.code, reason.code) == ("mandate", "iban_different") else ""
        return f"{reason.label}{online}."

    def carried_to(self, dossier: RequestDossier) -> tuple[Draft, tuple[str, ...]]:
        """The same verdicts and words on a newer dossier, and the labels of the pieces that must be read again.

        A verdict stays where it speaks of the same document; the words for refusing always stay.
        """
        carried = Draft(dossier, may_decide=self._reviewer)
        carried.refusal_code, carried.refusal_words = self.refusal_code, self.refusal_words
        carried._explained |= self._explained
        cleared = []
        for piece in dossier.pieces:
            said = self._verdicts.get(piece.requirement_id)
            if said is None:
                continue
            if said.document_id == piece.document_id:
                carried._verdicts[piece.requirement_id] = said
            else:
                cleared.append(piece.label)
        return carried, tuple(cleared)


def _explained(verdict: Verdict) -> bool:
    """Whether the family would understand a verdict: a piece that is not compliant needs a reason, or words."""
    if verdict.kind is VerdictKind.COMPLIANT:
        return True
    return verdict.reason_code is not None and not words_missing(verdict.reason_code, verdict.words)


def _offers(piece: PieceRow, code: str | None) -> bool:
    """Whether a reason can be said of this piece as it is now."""
    return any(reason.code == code for reason in piece_reasons(piece))


def _few(named: tuple[str, ...]) -> str:
    """The pieces by name, or their number where they are many."""
    return listed(named) if len(named) <= _MOST_NAMED else counted(len(named), "pièce")
