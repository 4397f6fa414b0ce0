cli-machine-speaker = máy loa
cli-machine-kiosk = máy kiosk
cli-machine-office = máy văn phòng
cli-machine-developer = máy của người phát triển
cli-not-carried = Gói của máy này không mang phần của «{ $called }» (thiếu { $library }); hãy chạy ở { $where }.
