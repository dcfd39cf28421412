/* What a screen reader needs and Superset's pages lack: their language, headings, the names of fields,
   and the figures of drawn charts as tables. Runs before Superset's own scripts, whose requests it
   reads along. */
(() => {
  document.documentElement.lang = "pt-BR";
  const results = new Map(); // chart id -> {columns, kinds, rows, dataset} of its latest response
  const datasets = new Map(); // dataset id -> {verbose_map: label by column, column_formats: D3's}
  const TEMPORAL = 2; // Superset's GenericDataType

  const request = window.fetch;
  window.fetch = async (...args) => {
    const response = await request(...args);
    const url = new URL(args[0]?.url ?? args[0], location.href);
    if (response.ok && /\/api\/v1\/(chart\/data|dashboard\/[^/]+\/datasets)$/.test(url.pathname))
      response.clone().json().then(body => keep(url, args[1]?.body, body)).catch(() => {});
    return response;
  };

  const keep = (url, sent, { result }) => {
    if (url.pathname.endsWith("/datasets")) {
      for (const dataset of result) datasets.set(dataset.id, dataset);
    } else {
      const { slice_id: chart } = JSON.parse(url.searchParams.get("form_data") ?? "{}");
      const [{ colnames: columns, coltypes: kinds, data: rows }] = result;
      if (chart && rows) results.set(chart, { columns, kinds, rows, dataset: JSON.parse(sent).datasource.id });
    }
    plan();
  };

  const write = (value, kind, format) => {
    if (value === null || value === undefined) return "–";
    if (format === "DURATION") return window.writeDuration(value); // of the patched scripts
    if (kind === TEMPORAL) return new Date(value).toLocaleDateString("pt-BR", { timeZone: "UTC" });
    return typeof value === "number" ? value.toLocaleString("pt-BR") : String(value);
  };

  const build = (tag, text, ...children) => {
    const element = document.createElement(tag);
    if (text !== null) element.textContent = text;
    element.append(...children);
    return element;
  };

  const buildTable = (name, { columns, kinds, rows, dataset }) => {
    const { verbose_map: labels = {}, column_formats: formats = {} } = datasets.get(dataset) ?? {};
    const label = column => column.split(", ").map(part => labels[part] ?? part).join(", ");
    const shown = columns.map((name, i) => ({ name, kind: kinds[i], format: formats[name] }))
      .filter(({ name }) => name !== "rank"); // of a heat map's colours
    const head = build("tr", null, ...shown.map(({ name }) => build("th", label(name))));
    const body = rows.map(row =>
      build("tr", null, ...shown.map(({ name, kind, format }) => build("td", write(row[name], kind, format)))));
    return build("table", null, build("caption", name), build("thead", null, head), build("tbody", null, ...body));
  };

  const describeChart = card => {
    const canvas = card.querySelector("canvas");
    const result = results.get(Number(card.dataset.testChartId));
    if (!canvas || !result || card.geniaiResult === result) return;
    card.geniaiResult = result;
    card.querySelector(":scope > .geniai-figures")?.remove();
    const figures = build("div", null, buildTable(card.dataset.testChartName, result));
    figures.className = "geniai-figures";
    card.append(figures);
    canvas.setAttribute("aria-hidden", "true");
  };

  const set = (element, name, value) => {
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  };

  const nameFilter = field => {
    const label = document.getElementById(`filter-name-${field.getAttribute("aria-label")}`);
    if (label) field.setAttribute("aria-label", label.textContent);
  };

  const describe = () => {
    const all = (selector, work) => document.querySelectorAll(selector).forEach(work);
    all(".dashboard-header-container .title-panel", panel => {
      const title = panel.querySelector(".dynamic-title-input")?.value;
      const heading = panel.querySelector("h1") ?? panel.appendChild(build("h1", ""));
      heading.className = "geniai-figures";
      if (title && heading.textContent !== title) heading.textContent = title;
    });
    all('[data-test="slice-header"] [data-test="span-title"], h4[data-test="filter-control-name"]', title => {
      set(title, "role", "heading");
      set(title, "aria-level", "2");
    });
    all('[aria-label^="NATIVE_FILTER"]', nameFilter);
    all(".search-select input", field => set(field, "aria-label", "Procurar em"));
    all(".dt-select-page-size input", field => set(field, "aria-label", "Linhas por página"));
    // the button that unfolds hidden tabs is no tab
    all('.ant-tabs-nav[role="tablist"]', nav => {
      nav.removeAttribute("role");
      nav.removeAttribute("aria-orientation");
      set(nav.querySelector(".ant-tabs-nav-list"), "role", "tablist");
    });
    all("[data-test-chart-id]", describeChart);
  };

  let isPlanned = false; // at most ten times a second, however often the page changes
  const plan = () => {
    if (isPlanned) return;
    isPlanned = true;
    setTimeout(() => {
      isPlanned = false;
      describe();
    }, 100);
  };
  new MutationObserver(plan).observe(document.documentElement, { childList: true, subtree: true });
})();
