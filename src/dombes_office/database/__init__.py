"""The database: one engine and one transaction, the embedded server, installation, backups and live notices."""
