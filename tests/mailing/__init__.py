"""Tests of the mailer: a real SMTP server, the real database, and what goes wrong between them."""
