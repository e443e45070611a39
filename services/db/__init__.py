"""The database: scoped transactions, models, migrations, and the embedded server."""
