"""The sign-in window, and the dialog of the connections that it offers."""
