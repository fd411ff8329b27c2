"""What people read: figures, page, workbook, terminal tables."""
