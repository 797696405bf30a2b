"""Custom fields: declared per kind as data, values in the record's `custom` column. Forms and filters come with issue 3."""
