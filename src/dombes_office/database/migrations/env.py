"""How Alembic runs here: on a connection that it is given, inside that connection's transaction."""

from alembic import context

from dombes_office.database.schema import comparison

context.configure(connection=context.config.attributes["connection"], **comparison())
with context.begin_transaction():
    context.run_migrations()
