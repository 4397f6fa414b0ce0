proofs-unplayable = không giải mã được ({ $why })
proofs-silent = không có tiếng nào
proofs-short = chỉ có { $found } trên { $planned } giây
proofs-bad = { $count } tệp âm thanh sẽ không được nghe như đã lên lịch: { $why }.
proofs-fix = Hãy soạn và gửi lại bản tin có tệp đó từ văn phòng.
