"""Deciding: what the verdicts lead to, the question that a decision still needs, its e-mail, and taking it back."""
