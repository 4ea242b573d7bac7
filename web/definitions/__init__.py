"""The processes as they are deployed: versions, pictures, files.  Designing them is elsewhere."""
