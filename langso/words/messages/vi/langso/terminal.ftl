terminal-unreadable = Có ký tự mà máy không đọc được; hãy gõ lại, không dấu cũng được.
terminal-enter-yes = , Enter = có
terminal-enter-no = , Enter = không
terminal-yes-or-no = { $question } (có/không{ $enter })
terminal-say-yes-or-no = Hãy gõ «có» hoặc «không» (hay c, k), rồi bấm Enter.
terminal-stopped = Đã dừng.
