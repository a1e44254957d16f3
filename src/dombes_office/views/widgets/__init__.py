"""The parts that screens are built from: header, band, filters, tables, panels, marks."""
