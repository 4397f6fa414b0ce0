"""The courier: what a stick or a phone's folder carries between office and hamlet where there is no signal."""
