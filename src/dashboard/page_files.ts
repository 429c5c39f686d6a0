import chartsCss from "./page/charts.css" with { type: "text" };
import curveJs from "./page/curve.js" with { type: "text" };
import episodeJs from "./page/episode.js" with { type: "text" };
import episodeListJs from "./page/episode_list.js" with { type: "text" };
import episodesCss from "./page/episodes.css" with { type: "text" };
import eventReaderJs from "./page/event_reader.js" with { type: "text" };
import feedbackJs from "./page/feedback.js" with { type: "text" };
import formatJs from "./page/format.js" with { type: "text" };
import heroJs from "./page/hero.js" with { type: "text" };
import htmlJs from "./page/html.js" with { type: "text" };
import iconSvg from "./page/icon.svg" with { type: "text" };
import indexHtml from "./page/index.html" with { type: "text" };
import layoutCss from "./page/layout.css" with { type: "text" };
import mainJs from "./page/main.js" with { type: "text" };
import paceJs from "./page/pace.js" with { type: "text" };
import paletteCss from "./page/palette.css" with { type: "text" };
import placesJs from "./page/places.js" with { type: "text" };
import scaleJs from "./page/scale.js" with { type: "text" };
import serviceJs from "./page/service.js" with { type: "text" };
import showJs from "./page/show.js" with { type: "text" };
import stateJs from "./page/state.js" with { type: "text" };
import themeJs from "./page/theme.js" with { type: "text" };
import timelineJs from "./page/timeline.js" with { type: "text" };
import tipJs from "./page/tip.js" with { type: "text" };
import warningsJs from "./page/warnings.js" with { type: "text" };
import welcomeJs from "./page/welcome.js" with { type: "text" };

/** The page's files by name, as they stand in `page/`: a bundler puts their texts in, `deno run` reads them from the source. */
export const PAGE_FILES: Readonly<Record<string, string>> = {
  "charts.css": chartsCss,
  "curve.js": curveJs,
  "episode.js": episodeJs,
  "episode_list.js": episodeListJs,
  "episodes.css": episodesCss,
  "event_reader.js": eventReaderJs,
  "feedback.js": feedbackJs,
  "format.js": formatJs,
  "hero.js": heroJs,
  "html.js": htmlJs,
  "icon.svg": iconSvg,
  "index.html": indexHtml,
  "layout.css": layoutCss,
  "main.js": mainJs,
  "pace.js": paceJs,
  "palette.css": paletteCss,
  "places.js": placesJs,
  "scale.js": scaleJs,
  "service.js": serviceJs,
  "show.js": showJs,
  "state.js": stateJs,
  "theme.js": themeJs,
  "timeline.js": timelineJs,
  "tip.js": tipJs,
  "warnings.js": warningsJs,
  "welcome.js": welcomeJs,
};
