table-file-too-large = Tệp số đo bàn quá lớn; hãy đo lại bằng: langso scan camera --measure.
table-file-broken = Tệp số đo bàn bị hỏng; hãy đo lại bằng: langso scan camera --measure.
# Vì sao số đo bàn cũ không dùng nữa.
table-not-used =
    { $why ->
        [other_camera] Đã thay máy ảnh sau khi đo bàn.
        [other_size] Cỡ hình của máy ảnh khác lúc đo bàn.
        [moved] Máy ảnh có vẻ đã bị xê dịch sau khi đo bàn.
       *[unusable] Tệp số đo bàn không dùng được.
    }
table-not-used-again =
    { $why ->
        [other_camera] Đã thay máy ảnh sau khi đo bàn; hãy đo lại bằng: langso scan camera --measure.
        [other_size] Cỡ hình của máy ảnh khác lúc đo bàn; hãy đo lại bằng: langso scan camera --measure.
        [moved] Máy ảnh có vẻ đã bị xê dịch sau khi đo bàn; hãy đo lại bằng: langso scan camera --measure.
       *[unusable] Tệp số đo bàn không dùng được; hãy đo lại bằng: langso scan camera --measure.
    }
table-measure-fix = Đặt một tờ A4 trắng dưới máy ảnh, hãy đo lại bằng: langso scan camera --measure.
table-not-measured = Chưa đo bàn: khổ giấy được đoán theo hình dáng.
table-measured = Bàn đã đo: khổ giấy và màu trắng theo số đo.
table-moving = Giấy hoặc máy ảnh còn động; hãy để yên rồi đo lại.
table-fills-picture = Tờ giấy choán hết hình; hãy nâng máy ảnh lên một chút rồi đo lại.
table-no-sheet = Không thấy tờ giấy nào; hãy đặt một tờ A4 trắng giữa bàn, trên nền sẫm, rồi đo lại.
table-sheet-cut = Tờ giấy bị ra ngoài hình; hãy đặt tờ A4 nằm trọn giữa hình rồi đo lại.
table-edges-clear-up = Mép giấy chưa rõ; hãy đặt tờ A4 trắng trên nền sẫm, dọn vật khác đi, rồi đo lại.
table-edges = Mép giấy chưa rõ; hãy đặt tờ A4 trắng trên nền sẫm rồi đo lại.
table-sheet-small = Tờ giấy nhỏ quá trong hình; hãy hạ máy ảnh xuống, hoặc đặt đúng tờ A4, rồi đo lại.
table-not-a4 = Tờ này không phải khổ A4; hãy đặt một tờ A4 (210 × 297 mm) rồi đo lại.
table-askew = Máy ảnh nhìn nghiêng quá; hãy chỉnh cho nó nhìn thẳng xuống bàn rồi đo lại.
table-dark = Tối quá; hãy bật đèn bàn rồi đo lại.
table-bright = Sáng quá hoặc giấy bị bóng; hãy bớt đèn, che nắng rồi đo lại.
table-not-white = Tờ này không trắng; hãy đặt một tờ A4 trắng rồi đo lại.
table-not-blank = Tờ giấy có chữ hoặc có vật che; hãy đặt một tờ A4 trắng trơn rồi đo lại.
table-shadow = Có bóng đổ hoặc vệt sáng trên giấy; hãy bỏ vật che, chỉnh đèn rồi đo lại.
