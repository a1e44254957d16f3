"""Sending the outbox: the only part of the house that speaks to an SMTP server, on one machine of the authority."""
