"""Sources become criteria: indicators, context match, applicability domain, trust."""
