"""The screens of requests, driven by hand and by keyboard."""
