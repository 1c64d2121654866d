//! Texts that lost characters.

use ccmessaging_core::{Declared, FileType};

use crate::{reason, samples};

#[test]
fn a_replacement_character_in_a_text_is_legitimate() {
    let texts = [
        "caf\u{fffd};na\u{fffd}ve\r\n".to_owned(),
        "caf\u{fffd};café;naïve\r\n".repeat(20),
        format!(
            "{}\u{fffd}\u{fffd}\u{fffd}",
            "a line of text\r\n".repeat(20)
        ),
        // All umlauts.
        "M\u{fffd}ller;K\u{fffd}ln;Stra\u{fffd}e;Gr\u{fffd}\u{fffd}e\r\n".repeat(20),
    ];
    for text in &texts {
        for declared in [
            FileType::Txt.into(),
            FileType::Csv.into(),
            Declared::Unknown,
        ] {
            assert_eq!(reason(text.as_bytes(), declared), None, "{text}");
        }
        let found = reason(text.as_bytes(), FileType::Jpg);
        assert_eq!(found, Some("content_mismatch"), "{text}");
    }
}

#[test]
fn a_text_of_another_encoding_that_was_decoded_as_utf_8_is_refused() {
    let is_legacy = |name: &str| name.starts_with("gb18030") || name.starts_with("shift-jis");
    let texts: Vec<_> = samples().filter(|(name, ..)| is_legacy(name)).collect();
    assert_eq!(texts.len(), 2);
    for (name, file_type, text) in texts {
        assert_eq!(reason(&text, file_type), None, "{name}");
        let damaged = String::from_utf8_lossy(&text).into_owned();
        for declared in [file_type.into(), FileType::Csv.into(), Declared::Unknown] {
            let found = reason(damaged.as_bytes(), declared);
            assert_eq!(found, Some("damaged_in_transit"), "{name}");
        }
    }
}

#[test]
fn a_text_whose_characters_became_question_marks_is_refused() {
    let question_marks = |text: &str| -> String {
        let replaced = |letter: char| if letter.is_ascii() { letter } else { '?' };
        text.chars().map(replaced).collect()
    };
    for text in [
        "编号,姓名,城市\r\n1,王小明,上海市浦东新区\r\n",
        "Номер;Имя;Город\r\n1;Иван Петров;Москва\r\n",
    ] {
        assert_eq!(reason(text.as_bytes(), FileType::Csv), None, "{text}");
        let damaged = question_marks(text);
        for declared in [FileType::Csv.into(), Declared::Unknown] {
            let found = reason(damaged.as_bytes(), declared);
            assert_eq!(found, Some("damaged_in_transit"), "{damaged}");
        }
    }
    for text in [
        // Missing numbers.
        "63,1,?,145,?\n67,?,?,160,1\n".repeat(20),
        "What????????? Why????????? Is this really so??".to_owned(),
        "???".to_owned(),
        "1,???>>>\n".repeat(20),
        // Emphasis, a mask, a listing of lost names, and hops that did not answer.
        "Hello???????????????????????".to_owned(),
        "S/N: ????-????-????-????".to_owned(),
        "30.11.2026 12:00 1.024 ??????1.jpg\n".repeat(20),
        "-????????? ? ? ? ?  ? IMG_0001.jpg\n".repeat(30),
        " 1  ???\n 2  ???\n 3  ???\n 4  ???\n".to_owned(),
    ] {
        assert_eq!(reason(text.as_bytes(), FileType::Csv), None, "{text}");
    }
}

/// A text whose bytes were encoded as characters.
fn encoded_twice(text: &str) -> String {
    text.bytes().map(char::from).collect()
}

#[test]
fn a_text_that_was_encoded_twice_is_refused() {
    for text in [
        "姓名,城市\r\n",
        "Имя;Город\r\n",
        "Größe, Maße, Äpfel, Öl\r\n",
    ] {
        assert_eq!(reason(text.as_bytes(), FileType::Csv), None, "{text}");
        let damaged = encoded_twice(text);
        let found = reason(damaged.as_bytes(), FileType::Csv);
        assert_eq!(found, Some("damaged_in_transit"), "{damaged}");
    }
    // Windows-1252, as which browsers read Latin-1.
    for damaged in [
        "ç¼–å\u{8f}·,å§“å\u{90}\u{8d},åŸŽå¸‚",
        "ç¼–å\u{fffd}·,å§“å\u{fffd}\u{fffd},åŸŽå¸‚",
    ] {
        let found = reason(damaged.as_bytes(), FileType::Csv);
        assert_eq!(found, Some("damaged_in_transit"));
    }
    let name = encoded_twice("宋体.ttf");
    for text in [
        "naïve café, «déjà vu»\u{85}\u{85}\u{85}\n".to_owned(),
        format!("{name} 宋体\n"),
        format!("{}{name}\n", "a font\n".repeat(50)),
    ] {
        assert_eq!(reason(text.as_bytes(), FileType::Txt), None, "{text}");
    }
}

#[test]
fn a_text_that_was_decoded_as_windows_1251_is_refused() {
    for (text, damaged) in [
        ("Имя;Город\n", "Р\u{98}РјСЏ;Р“РѕСЂРѕРґ\n"),
        ("Имя;Город\n", "Р\u{fffd}РјСЏ;Р“РѕСЂРѕРґ\n"),
        ("姓名,城市\n", "е§“еђЌ,еџЋеё‚\n"),
    ] {
        assert_eq!(reason(text.as_bytes(), FileType::Csv), None, "{text}");
        for declared in [FileType::Csv.into(), Declared::Unknown] {
            let found = reason(damaged.as_bytes(), declared);
            assert_eq!(found, Some("damaged_in_transit"), "{damaged}");
        }
    }
    for text in [
        "Рост Сергея — №5\n",
        "РСРСРСРСРС\n",
        "Р°Р±РІР и это не всё\n",
    ] {
        assert_eq!(reason(text.as_bytes(), FileType::Txt), None, "{text}");
    }
}

#[test]
fn a_text_that_was_decoded_as_gbk_or_shift_jis_is_refused() {
    for damaged in [
        "瀹㈡埛瑕佹眰涓婂崍閫佽揣锛岃\u{fffd}鎻愬墠鑱旂郴銆備竴鍒囨\u{fffd}ｅ父锛涜阿璋\u{fffd}锛乗n",
        "銇傘倞銇屻仺銇嗐仈銇栥亜銇俱仚",
        "縺ゅｊ縺後→縺\u{fffd}縺斐＊縺\u{fffd}縺ｾ縺\u{fffd}",
    ] {
        for declared in [FileType::Txt.into(), Declared::Unknown] {
            let found = reason(damaged.as_bytes(), declared);
            assert_eq!(found, Some("damaged_in_transit"), "{damaged}");
        }
    }
    let dictionary = format!("{}锛銆縺繧繝\n", "编号,姓名,城市,备注\n".repeat(50));
    for text in [
        "客户要求上午送货，请提前联系。",
        "ありがとうございます。",
        "页面显示锛氱敤鎴枫€傝锛岄€銆，怎么办？",
        &dictionary,
    ] {
        assert_eq!(reason(text.as_bytes(), FileType::Txt), None, "{text}");
    }
}

#[test]
fn replacement_characters_that_were_decoded_as_gbk_are_recognised() {
    let damaged = format!("1,{},锟斤拷\n", "锟斤拷".repeat(3));
    let found = reason(damaged.as_bytes(), FileType::Csv);
    assert_eq!(found, Some("damaged_in_transit"));
    for text in [
        "锟斤拷 锟斤拷",
        "锟斤拷锟斤拷锟斤拷是乱码，因为编码转换错误而产生",
    ] {
        assert_eq!(reason(text.as_bytes(), FileType::Txt), None, "{text}");
    }
}

#[test]
fn the_beginning_of_a_file_up_to_its_first_zero_byte_is_not_a_text() {
    for start in [
        b"\xFF\xD8\xFF\xE0".as_slice(),
        b"\xFF\xD8\xFF\xFE",
        b"\xFF\xFB\x50\xC4",
        b"\xFF\xF1\x50\x80\x2E\x9F\xFC\x21",
    ] {
        for declared in [FileType::Txt.into(), Declared::Unknown] {
            let found = reason(start, declared);
            assert_eq!(found, Some("damaged_in_transit"), "{start:X?}");
        }
    }
    // Two words in Windows-1251, and one that begins like a bitmap.
    for text in [
        b"\xFF\xE2\xEA\xE0".as_slice(),
        b"\xFF\xF0\n",
        b"BMI,weight\n",
    ] {
        assert_eq!(reason(text, FileType::Txt), None, "{text:X?}");
    }
}

#[test]
fn a_list_of_rare_characters_is_intact() {
    for codes in ['\u{9280}'..='\u{92FF}', '\u{7E00}'..='\u{7EFF}'] {
        let list: String = codes.flat_map(|code| [code, '\n']).collect();
        assert_eq!(reason(list.as_bytes(), FileType::Txt), None, "{list}");
    }
}
