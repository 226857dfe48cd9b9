"""What every page is made of: gate, frame, components, forms, paging, drawing. Knows no page."""
