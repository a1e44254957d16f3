"""The list page that every screen of rows is built on: tabs, filters, table, panel, read page by page.

A new list screen is two files of its own folder, some 80 lines in all; `tests/views/lists/walks.py` is one to copy.

1. An operation reads rows after a cursor, `read_page(db, wanted, after, limit) -> RowPage`, in an order that has an
   index; another counts them, `count(db, wanted)`, for each tab or in all.
2. `X_plan.py` says what the list is: a `ListPlan` of columns, orders, filters, tabs, the sentences for an empty list,
   and `wanted_of(chosen)`, which makes the screen's own filter of what is chosen.
3. `X_page.py` derives from `ListPage`: its constructor hands over plan and `ListSource`, adds buttons to the header
   (quiet ones such as "Exporter" first, then `add_opening`, the primary one), and `open_row` says what Entrée does.
   `self.wanted` is the filter that an export would read.
4. A panel at the right derives from `ListDetail`: what the row says at once, and what is read a moment later.
5. `pages.py` gets a row for it; what makes the page connects `announcements.changed` to its `announced`.

Reading, scrolling, remembering, errors, loading and keys are the page's own; a screen overrides none of them.
"""
