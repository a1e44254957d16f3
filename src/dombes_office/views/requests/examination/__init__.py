"""The examination of one request.

`page` opens requests and moves between them; `workbench` lays out what is seen of one; `draft` holds what the agent has
said so far. `pieces` is the left and the middle, `facts` and `decision` the right, `history` a dialog.
"""
