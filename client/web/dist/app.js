document.querySelector("cs-app").textContent="Coscribe";
