people-password-short = A password needs at least { $shortest } characters; a long sentence that is easy to remember is best.
people-password-long = The password is longer than { $most } characters; make it shorter.
people-password-guessed = Anybody would guess this password; put a few words together that have nothing to do with each other.
people-password-over = The one-time password is older than 7 days; ask an administrator for a new one.
people-password-same = The new password is the old one; choose another.
people-no-account = There is no account { $login }; look at the name again.
people-login-wrong = The name or the password is wrong; type them again.
people-login-name = A login name has letters and digits, 32 at most; choose another name.
