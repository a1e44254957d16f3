"""The pieces: their list with the requests before, what stands in place of a page, the verdict below, the checks."""
