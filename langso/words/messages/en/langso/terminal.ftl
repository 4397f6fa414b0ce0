terminal-unreadable = Some characters cannot be read; type it again.
terminal-enter-yes = , Enter = yes
terminal-enter-no = , Enter = no
terminal-yes-or-no = { $question } (yes/no{ $enter })
terminal-say-yes-or-no = Type “yes” or “no” (or y, n), then press Enter.
terminal-stopped = Stopped.
