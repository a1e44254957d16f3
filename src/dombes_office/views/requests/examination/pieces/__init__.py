"""The pieces: the list at the left with the requests before, what stands in place of a page, the verdict, the checks."""
