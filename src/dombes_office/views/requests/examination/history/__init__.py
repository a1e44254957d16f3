"""The history of a request, and the e-mails that were sent for it."""
