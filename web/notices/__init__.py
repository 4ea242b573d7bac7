"""What people are told outside the pages: mails, which name a case and nothing about anybody."""
