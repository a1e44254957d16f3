"""The sign-in window, driven by hand and by keyboard."""
