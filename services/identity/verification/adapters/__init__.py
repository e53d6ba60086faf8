"""The outside: the captcha library."""
