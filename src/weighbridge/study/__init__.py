"""Files become the core's nouns: schema, tables, molecules, checks, and the pipeline that ties it together."""
