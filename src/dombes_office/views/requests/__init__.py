"""The screens of the requests: the queue, and the examination of one request."""
