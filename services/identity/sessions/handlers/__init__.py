"""Come in, stay, leave; the clerks' accounts. What must survive a refusal (a counted failure, a used picture)
is returned, not raised."""
