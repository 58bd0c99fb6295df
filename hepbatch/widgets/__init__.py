"""What analysis cells and scripts use: `hepbatch.audit(...)`, `hepbatch.connections()`."""
