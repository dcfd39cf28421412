/* An open page keeps up with who waits. While it is looked at, it asks every five seconds whether that
   changed; if so, the charts that show it ask again and are drawn in place. How long somebody waits,
   and what is left to answer, move with the clock by the rules of sql/views/13_reply_window.sql. */
(() => {
  const CHARTS = ["Esperando agora", "Leads quentes esperando resposta", "Leads", "O que fazer", "Conversas paradas"];
  // New rows return a list that the browser pages to its first page: on another, the reader is left alone.
  const LATER_PAGE = ".dt-pagination li.active:not(:first-child)";
  const BROWSER_PAGED = ["Conversas paradas"];
  const FRESHNESS = ["Atualização"];
  const PAUSE = 5_000, LONGEST_PAUSE = 300_000, FRESHNESS_PAUSE = 60_000, NO_CHARTS_PAUSE = 1_000; // milliseconds
  const BACKLOG_PAUSE = 30_000; // all rows of a list that the browser pages are asked for each time
  const CACHE_SECONDS = 300; // of a chart's rows, by superset_config.py
  const TIMES = '[class*="g-since-"], [class*="g-until-"]';

  let version = null; // of who waits, as the server last told it
  let firstVersion = null; // that the page's charts certainly had when it was opened
  const drawnVersions = new Map(); // chart id -> version that it was asked for with
  let clockOffset = null; // milliseconds that the server's clock is ahead
  let freshnessAskedAt = performance.now(), backlogAskedAt = -BACKLOG_PAUSE;

  const isBrowserPaged = card => BROWSER_PAGED.includes(card.dataset.testChartName);
  const isTurned = card => isBrowserPaged(card) && card.querySelector(LATER_PAGE);
  const findCharts = names => [...document.querySelectorAll('[data-test-viz-type="table"][data-test-chart-name]')]
    .filter(card => names.includes(card.dataset.testChartName) && card.offsetParent && !isTurned(card));
  const chartId = card => Number(card.dataset.testChartId);

  window.writeTimeLeft = (seconds, hasTemplates) => {
    if (seconds <= 0) return hasTemplates ? "só mensagem-modelo" : "prazo encerrado";
    const words = window.writeDuration(60 * Math.max(1, Math.floor(seconds / 60)));
    return /^1 \S+$/.test(words) ? `resta ${words}` : `restam ${words}`;
  };

  const writeTimes = () => {
    if (document.hidden || clockOffset === null || !window.writeDuration) return;
    const now = (Date.now() + clockOffset) / 1000;
    for (const part of document.querySelectorAll(TIMES)) {
      const [, kind, instant] = /g-(since|until)-(\d+)/.exec(part.className) ?? [];
      const { firstChild: text, classList } = part;
      if (!instant || text?.nodeType !== Node.TEXT_NODE) continue;
      const left = instant - now;
      const words = kind === "since" ? window.writeDuration(60 * Math.floor(-left / 60))
        : window.writeTimeLeft(left, classList.contains("g-template"));
      if (text.nodeValue !== words) text.nodeValue = words;
      const color = left < 0 ? "g-late" : left < 4 * 3600 ? "g-soon" : "g-open";
      const former = ["g-late", "g-soon", "g-open"].find(name => classList.contains(name));
      if (former && former !== color) classList.replace(former, color);
    }
  };

  // Superset's own way to ask again, but it tells the page only of rows that came: neither a chart that
  // loads, nor an error. Rows that came too late are dropped: for a filter that was chosen meanwhile, for
  // a page that was turned, or for a tab that was left, in which a table cannot be measured and would stay
  // invisible.
  const refresh = async (card, isForced) => {
    const { getState, dispatch } = window.supersetStore;
    const id = chartId(card), asked = version, { charts, dashboardInfo } = getState();
    const { queryController, chartStatus, triggerQuery } = charts[id] ?? {};
    if (!chartStatus || chartStatus === "loading" || triggerQuery) return;
    let hasFailed = false;
    const tell = action => {
      if (typeof action === "function") return action(tell, getState);
      if (action.type === "CHART_UPDATE_FAILED") hasFailed = true;
      const isWanted = card.offsetParent && !isTurned(card) && getState().charts[id]?.queryController === queryController;
      if (action.type === "CHART_UPDATE_SUCCEEDED" && isWanted) {
        drawnVersions.set(id, asked);
        dispatch(action);
      }
      return action;
    };
    await tell(window.refreshChart(id, isForced, dashboardInfo.id));
    if (hasFailed) throw new Error("a chart did not answer");
  };

  // Returns whether the session still lives.
  const askVersion = async () => {
    const headers = version ? { "If-None-Match": version } : {};
    const response = await fetch("/geniai/espera", { cache: "no-store", headers });
    if (response.status === 401) return false;
    if (response.status === 200) {
      const { seconds_since_change: seconds } = await response.json();
      const isRecent = seconds !== null && seconds < CACHE_SECONDS;
      if (version === null && !isRecent) firstVersion = response.headers.get("ETag");
      version = response.headers.get("ETag");
    } else if (response.status !== 304) throw new Error(`status ${response.status}`);
    clockOffset = 1000 * response.headers.get("X-GeniAI-Now") - Date.now();
    return true;
  };

  const refreshCharts = () => {
    const isDue = card => !isBrowserPaged(card) || performance.now() - backlogAskedAt > BACKLOG_PAUSE;
    const old = findCharts(CHARTS)
      .filter(card => (drawnVersions.get(chartId(card)) ?? firstVersion) !== version && isDue(card));
    if (old.some(isBrowserPaged)) backlogAskedAt = performance.now();
    const works = old.map(card => refresh(card, true));
    if (performance.now() - freshnessAskedAt > FRESHNESS_PAUSE) {
      freshnessAskedAt = performance.now();
      works.push(...findCharts(FRESHNESS).map(card => refresh(card, false)));
    }
    return Promise.all(works);
  };

  let timer, isAsking = false, pause = PAUSE;
  const keepUp = async () => {
    clearTimeout(timer);
    if (document.hidden || isAsking) return;
    isAsking = true;
    const start = performance.now();
    try {
      const hasCharts = document.querySelector(TIMES) || findCharts(CHARTS).length;
      if (hasCharts && !await askVersion()) return;
      if (hasCharts) await refreshCharts();
      pause = hasCharts ? PAUSE : NO_CHARTS_PAUSE;
    } catch {
      pause = Math.min(2 * pause, LONGEST_PAUSE);
    } finally {
      isAsking = false;
    }
    timer = setTimeout(keepUp, Math.max(0, start + pause - performance.now()));
  };

  setInterval(writeTimes, 1000);
  document.addEventListener("visibilitychange", () => {
    pause = PAUSE;
    writeTimes();
    keepUp();
  });
  keepUp();
})();
