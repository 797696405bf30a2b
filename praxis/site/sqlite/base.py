from django.db.backends.sqlite3 import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, with a function that folds case beyond ASCII."""

    def get_new_connection(self, conn_params):
        connection = super().get_new_connection(conn_params)
        connection.create_function("praxis_fold", 1, lambda text: text and text.casefold(), deterministic=True)
        return connection
