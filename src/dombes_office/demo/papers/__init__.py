"""Papers that families could have sent, drawn from nothing: forms, mandates, scans, photographs, and the bad ones."""
