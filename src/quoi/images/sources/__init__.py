"""Where pictures come from: one module each, one interface."""
