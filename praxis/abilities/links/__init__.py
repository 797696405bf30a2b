"""Relations between records: what their types mean and how they are shown. The rows are records.models.Link."""
