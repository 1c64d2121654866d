//! The embedded files of the page.

const CSS: &str = "text/css; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// An embedded file of the page.
pub(super) struct Asset {
    pub(super) path: &'static str,
    pub(super) media_type: &'static str,
    pub(super) content: &'static str,
}

/// Embeds modules of the browser package under their paths in it.
macro_rules! modules {
    ($($path:literal),* $(,)?) => {
        [$(Asset {
            path: concat!("/web/", $path),
            media_type: JAVASCRIPT,
            content: include_str!(concat!("../../../../web/", $path)),
        }),*]
    };
}

pub(super) const MODULES: [Asset; 52] = modules![
    "element.js",
    "index.js",
    "messages/ar.js",
    "messages/de.js",
    "messages/en.js",
    "messages/es.js",
    "messages/fr.js",
    "messages/id.js",
    "messages/ja.js",
    "messages/ko.js",
    "messages/pt-BR.js",
    "messages/ru.js",
    "messages/th.js",
    "messages/tr.js",
    "messages/zh-CN.js",
    "messages/zh-Hant.js",
    "src/chat-message.js",
    "src/chat-request.js",
    "src/chat.js",
    "src/describe-error.js",
    "src/element/announcer.js",
    "src/element/attributes.js",
    "src/element/chooser.js",
    "src/element/compact.js",
    "src/element/diagnose.js",
    "src/element/dom.js",
    "src/element/element.js",
    "src/element/item.js",
    "src/element/list.js",
    "src/element/memory.js",
    "src/element/overlay.js",
    "src/element/recorder.js",
    "src/element/seen.js",
    "src/element/sources.js",
    "src/element/style.js",
    "src/element/summary.js",
    "src/element/thumbnail.js",
    "src/element/tools.js",
    "src/element/transfer.js",
    "src/element/translation.js",
    "src/file-types.js",
    "src/language.js",
    "src/limits.js",
    "src/precheck.js",
    "src/session.js",
    "src/shrink-photo.js",
    "src/upload-error.js",
    "src/upload-file.js",
    "src/upload.js",
    "src/uploader.js",
    "src/wait.js",
    "src/warn.js",
];

pub(super) const ASSETS: [Asset; 8] = [
    Asset {
        path: "/page.css",
        media_type: CSS,
        content: include_str!("../../assets/page.css"),
    },
    Asset {
        path: "/page.js",
        media_type: JAVASCRIPT,
        content: include_str!("../../assets/page.js"),
    },
    Asset {
        path: "/page-texts.js",
        media_type: JAVASCRIPT,
        content: include_str!("../../assets/page-texts.js"),
    },
    Asset {
        path: "/customer.js",
        media_type: JAVASCRIPT,
        content: include_str!("../../assets/customer.js"),
    },
    Asset {
        path: "/desk.js",
        media_type: JAVASCRIPT,
        content: include_str!("../../assets/desk.js"),
    },
    Asset {
        path: "/dom.js",
        media_type: JAVASCRIPT,
        content: include_str!("../../assets/dom.js"),
    },
    Asset {
        path: "/network.js",
        media_type: JAVASCRIPT,
        content: include_str!("../../assets/network.js"),
    },
    Asset {
        path: "/favicon.svg",
        media_type: SVG,
        content: include_str!("../../assets/favicon.svg"),
    },
];

pub(super) const PAGE: &str = include_str!("../../assets/index.html");
