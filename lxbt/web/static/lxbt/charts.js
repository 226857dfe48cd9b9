// Line, bar and map from the data beside them. Colours come from tokens.css; tooltips are drawn, not HTML, for the strict policy.
(() => {
  "use strict";
  const source = document.currentScript.dataset.echarts;
  const figures = [...document.querySelectorAll("[data-chart]")];
  if (figures.length === 0 || !source) return;
  const css = getComputedStyle(document.documentElement);
  const colour = (name) => css.getPropertyValue(`--${name}`).trim();
  const font = css.getPropertyValue("--sans").trim();
  const INK = { living: "living", care: "care", money: "money", arrears: "arrears" };
  const text = { color: colour("ink-2"), fontFamily: font, fontSize: 12 };
  const number = (value, digits) => (value === null ? "\u2014" : Number(value).toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits }));

  const loader = document.createElement("script");
  loader.src = source;
  loader.addEventListener("load", () => figures.forEach(draw));
  document.head.append(loader);

  function tooltip(more) {
    return { renderMode: "richText", confine: true, transitionDuration: 0, backgroundColor: colour("surface"), borderColor: colour("line-2"), textStyle: { ...text, color: colour("ink") }, ...more };
  }

  async function draw(figure) {
    const id = figure.dataset.chart;
    const data = JSON.parse(document.getElementById(`${id}-data`).textContent);
    const place = document.getElementById(id);
    if (data.kind === "map" && !(await outline(data))) return;
    figure.classList.add("scripted");
    if (place.offsetParent === null) return; // on a phone the table is the figure
    const chart = window.echarts.init(place, null, { renderer: "svg" });
    chart.setOption({ animation: false, textStyle: text, ...(data.kind === "map" ? map(data, place) : axes(data)) });
    chart.on("click", (event) => {
      const url = data.kind === "map" ? event.data?.url : data.urls[event.dataIndex];
      if (url) window.location.assign(url);
    });
    new ResizeObserver(() => {
      if (place.offsetParent === null) return;
      chart.resize();
      if (data.kind === "map") chart.setOption({ series: [{ layoutSize: room(place) }] });
    }).observe(place);
  }

  function axes(data) {
    const line = data.kind === "line";
    const values = data.series.flatMap((one) => one.values).filter((value) => value !== null);
    const low = Math.min(...values);
    return {
      grid: { left: 8, right: line ? 96 : 16, top: 24, bottom: 6, containLabel: true },
      tooltip: tooltip({ trigger: "axis", valueFormatter: (value) => number(value, data.digits) }),
      xAxis: { type: "category", data: data.labels, boundaryGap: !line, axisTick: { show: false }, axisLine: { lineStyle: { color: colour("line-2") } }, axisLabel: { ...text, color: colour("ink-3") } },
      yAxis: { type: "value", min: line && low > 0 ? (extent) => (extent.min > (extent.max - extent.min) * 2 ? undefined : 0) : 0, scale: line, splitLine: { lineStyle: { color: colour("grid") } }, axisLabel: { ...text, color: colour("ink-3") } },
      series: data.series.map((one) => ({
        name: one.name,
        type: data.kind,
        stack: line ? undefined : "all",
        data: one.values,
        symbol: line ? "circle" : undefined,
        showSymbol: false,
        barMaxWidth: 22,
        color: colour(INK[one.role]),
        lineStyle: { width: 2.5, type: one.role === "care" ? [7, 4] : "solid" },
        endLabel: line ? { show: true, color: colour(INK[one.role]), fontWeight: 600, fontFamily: font, lineHeight: 16, formatter: () => `${one.name}\n${number(one.values.at(-1), data.digits)}` } : undefined,
        labelLayout: line ? { moveOverlap: "shiftY" } : undefined,
      })),
    };
  }

  async function outline(data) {
    if (!data.outlineUrl) return false;
    const answer = await fetch(data.outlineUrl).catch(() => null);
    if (!answer || !answer.ok) return false;
    const shape = await answer.json();
    data.shorts = new Map();
    const names = new Map(data.areas.map((area) => [area.code, area.name]));
    shape.features.forEach((feature) => {
      const short = feature.properties.name; // the outline's own name is the short one: 内蒙古
      feature.properties.name = names.get(feature.properties.id) || short;
      data.shorts.set(feature.properties.name, short);
    });
    window.echarts.registerMap(data.outline, shape);
    return true;
  }

  // The side of the square that the map is fitted into: wider than high, as the outlines are.
  function room(place) {
    return Math.min(place.clientWidth - 8, place.clientHeight * 1.27);
  }

  function map(data, place) {
    const fills = [1, 2, 3, 4, 5].map((step) => colour(`map-${step}`));
    const pieces = data.limits.map((limit, index) => ({
      gte: index === data.limits.length - 1 ? undefined : limit.least,
      lt: index === 0 ? undefined : data.limits[index - 1].least,
      color: fills[index],
      label: limit.label,
    }));
    return {
      tooltip: tooltip({ formatter: (item) => (item.data ? `${item.name}\n${data.measure} ${item.data.text}` : `${item.name}\n${data.none}`) }),
      visualMap: { type: "piecewise", show: false, pieces, outOfRange: { color: colour("nodata") } },
      series: [{
        type: "map",
        map: data.outline,
        roam: false,
        selectedMode: false,
        layoutCenter: ["50%", "50%"],
        layoutSize: room(place),
        boundingCoords: data.outline === "china" ? [[73, 54], [136, 17.5]] : undefined,
        data: data.areas.filter((area) => area.value !== null).map((area) => ({ name: area.name, value: area.value, text: area.text, url: area.url })),
        itemStyle: { areaColor: colour("nodata"), borderColor: colour("surface"), borderWidth: 0.8 },
        label: { show: true, formatter: (item) => data.shorts.get(item.name) || item.name, color: colour("ink"), fontSize: 11, fontFamily: font, textBorderColor: colour("surface"), textBorderWidth: 2 },
        labelLayout: { hideOverlap: true },
        emphasis: { label: { fontWeight: 600, color: colour("ink") }, itemStyle: { areaColor: colour("brand-s"), borderColor: colour("brand") } },
      }],
    };
  }
})();
